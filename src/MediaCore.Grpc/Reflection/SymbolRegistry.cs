using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>What the files of some services declare, and the files that they import: by file name, by full name, by extension.</summary>
public class SymbolRegistry
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Type, int Number), FileDescriptor> _extensions = [];

    private SymbolRegistry()
    {
    }

    /// <summary>Indexes files.</summary>
    public static SymbolRegistry FromFiles(IEnumerable<FileDescriptor> fileDescriptors)
    {
        ArgumentNullException.ThrowIfNull(fileDescriptors);
        SymbolRegistry registry = new();
        foreach (FileDescriptor file in fileDescriptors)
        {
            registry.Add(file);
        }

        return registry;
    }

    /// <summary>A file by its name, or null.</summary>
    public FileDescriptor? FileByName(string filename) => _files.GetValueOrDefault(filename);

    /// <summary>The file that declares a full name, or null.</summary>
    public FileDescriptor? FileContainingSymbol(string symbol) => _symbols.GetValueOrDefault(symbol);

    /// <summary>The file that declares an extension, or null.</summary>
    internal FileDescriptor? FileContainingExtension(string type, int number) => _extensions.GetValueOrDefault((type, number));

    /// <summary>Whether a full name is that of a message.</summary>
    internal bool IsMessage(string name) => FileContainingSymbol(name) is { } file && FindMessage(file.MessageTypes, name);

    /// <summary>The numbers of a message's extensions, in order.</summary>
    internal IEnumerable<int> ExtensionNumbersOf(string type) => _extensions.Keys.Where(key => key.Type == type).Select(static key => key.Number).Order();

    private static bool FindMessage(IEnumerable<MessageDescriptor> messages, string name) => messages.Any(m => m.FullName == name || FindMessage(m.NestedTypes, name));

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (FileDescriptor import in file.Dependencies)
        {
            Add(import);
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (MethodDescriptor method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (EnumDescriptor enumeration in file.EnumTypes)
        {
            Add(enumeration);
        }

        foreach (MessageDescriptor message in file.MessageTypes)
        {
            Add(message);
        }

        Add(file, file.Extensions.UnorderedExtensions);
    }

    private void Add(MessageDescriptor message)
    {
        _symbols[message.FullName] = message.File;
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = message.File;
        }

        foreach (EnumDescriptor enumeration in message.EnumTypes)
        {
            Add(enumeration);
        }

        foreach (MessageDescriptor nested in message.NestedTypes)
        {
            Add(nested);
        }

        Add(message.File, message.Extensions.UnorderedExtensions);
    }

    private void Add(EnumDescriptor enumeration)
    {
        _symbols[enumeration.FullName] = enumeration.File;
        foreach (EnumValueDescriptor value in enumeration.Values)
        {
            _symbols[value.FullName] = enumeration.File;
        }
    }

    private void Add(FileDescriptor file, IEnumerable<FieldDescriptor> extensions)
    {
        foreach (FieldDescriptor extension in extensions)
        {
            _symbols[extension.FullName] = file;
            _extensions[(extension.ExtendeeType.FullName, extension.FieldNumber)] = file;
        }
    }
}
