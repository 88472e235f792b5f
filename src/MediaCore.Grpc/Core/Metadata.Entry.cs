using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    private static readonly SearchValues<char> s_keyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>One header: a name with a text, or a name that ends with <c>-bin</c> with bytes.</summary>
    public class Entry
    {
        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>A text; printable ASCII.</summary>
        /// <exception cref="ArgumentException">The name or the value cannot be sent, or the name is that of a binary header.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = CheckKey(key);
            Utils.GrpcPreconditions.CheckArgument(!IsBinary, "The name of a text must not end with \"-bin\".");
            Utils.GrpcPreconditions.CheckArgument(!value.AsSpan().ContainsAnyExceptInRange(' ', '~'), "A text is printable ASCII; anything else goes into a header whose name ends with \"-bin\".");
            _value = value;
        }

        /// <summary>Bytes; they are copied.</summary>
        /// <exception cref="ArgumentException">The name cannot be sent, or does not end with <c>-bin</c>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = CheckKey(key);
            Utils.GrpcPreconditions.CheckArgument(IsBinary, "The name of a binary header ends with \"-bin\".");
            _valueBytes = valueBytes.AsSpan().ToArray();
        }

        private Entry(string key, string? value, byte[]? valueBytes)
        {
            Key = key;
            _value = value;
            _valueBytes = valueBytes;
        }

        /// <summary>The name, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _value ?? throw new InvalidOperationException($"{Key} is a binary header: read ValueBytes.");

        /// <summary>The bytes; those of the text for a header that is none.</summary>
        public byte[] ValueBytes => _valueBytes is null ? Encoding.ASCII.GetBytes(_value!) : _valueBytes.AsSpan().ToArray();

        internal ReadOnlySpan<byte> RawBytes => _valueBytes;

        /// <inheritdoc/>
        public override string ToString() => IsBinary ? $"[Entry: key={Key}, valueBytes={_valueBytes!.Length}]" : $"[Entry: key={Key}, value={_value}]";

        /// <summary>An entry of what came from the wire: not checked, since what HTTP lets pass must not fail here.</summary>
        internal static Entry Received(string key, string value) => new(key, value, null);

        /// <summary>The same for bytes, which it keeps.</summary>
        internal static Entry Received(string key, byte[] value) => new(key, null, value);

        internal bool IsNamed(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static string CheckKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            string lower = key.ToLowerInvariant();
            Utils.GrpcPreconditions.CheckArgument(
                lower.Length > 0 && !lower.AsSpan().ContainsAnyExcept(s_keyCharacters), "A header's name has letters, digits, '_', '-' and '.'.");
            return lower;
        }
    }
}
