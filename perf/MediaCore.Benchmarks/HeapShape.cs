using System.Reflection;
using System.Runtime.InteropServices;

namespace MediaCore.Benchmarks;

/// <summary>Walks the objects that can be reached from one and adds up their sizes by type. By reflection, so slow; sizes are those of the runtime (its method tables).</summary>
internal sealed class HeapShape
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, FieldInfo[]> _fields = [];
    private readonly Dictionary<Type, (long Count, long Bytes)> _types = [];
    private readonly Stack<object> _open = new();

    private HeapShape()
    {
    }

    /// <summary>Objects and bytes by type.</summary>
    public static IReadOnlyDictionary<Type, (long Count, long Bytes)> Measure(object root)
    {
        HeapShape shape = new();
        shape.Visit(root);
        while (shape._open.TryPop(out object? next))
        {
            shape.Follow(next, next.GetType());
        }

        return shape._types;
    }

    private void Visit(object? item)
    {
        // What belongs to the runtime is neither ours nor finite.
        if (item is null or string { Length: 0 } or MemberInfo or Assembly or Module or Thread or Pointer || !_seen.Add(item))
        {
            return;
        }

        Type type = item.GetType();
        (long count, long bytes) = _types.GetValueOrDefault(type);
        _types[type] = (count + 1, bytes + GetBytes(item, type));
        _open.Push(item);
    }

    private void Follow(object item, Type type)
    {
        if (item is Array array)
        {
            Type element = type.GetElementType()!;
            if (element.IsPrimitive || element.IsEnum || element.IsPointer)
            {
                return;
            }

            foreach (object? entry in array)
            {
                FollowValue(entry, element);
            }

            return;
        }

        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (FieldInfo field in GetFields(level))
            {
                FollowValue(field.GetValue(item), field.FieldType);
            }
        }
    }

    private void FollowValue(object? value, Type declared)
    {
        if (value is not null && declared.IsValueType)
        {
            Follow(value, declared);
        }
        else
        {
            Visit(value);
        }
    }

    private FieldInfo[] GetFields(Type type)
    {
        if (!_fields.TryGetValue(type, out FieldInfo[]? fields))
        {
            // Of the runtime only collections are looked into: what else it has inside it does not show.
            bool isClosed = type.Assembly == typeof(object).Assembly && type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) != true;
            fields = isClosed ? [] : [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(static f => !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && !f.FieldType.IsPointer && !f.FieldType.IsByRefLike && !f.FieldType.IsFunctionPointer && f.FieldType != f.DeclaringType)];
            _fields[type] = fields;
        }

        return fields;
    }

    private static long GetBytes(object item, Type type)
    {
        nint table = type.TypeHandle.Value;
        long bytes = (uint)Marshal.ReadInt32(table, 4);
        long length = item is Array array ? array.LongLength : item is string text ? text.Length : 0;
        return (bytes + (length * (ushort)Marshal.ReadInt16(table)) + 7) / 8 * 8;
    }
}
