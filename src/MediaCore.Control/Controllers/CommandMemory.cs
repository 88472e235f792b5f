using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Controllers;

/// <summary>
/// The commands of all controllers and their first replies, for <see cref="ControlServiceLimits.CommandMemory"/>: a command that comes again gets the first reply again, also while that is still awaited. Safe from any thread;
/// <see cref="Complete"/> may be called on a shard, where it waits for nobody but a repetition of the same command in the same moment.
/// </summary>
/// <remarks>A command is known by the first half of the SHA-256 of its controller and its identifier, and its reply is packed soon after it was given: 150 to 200 bytes each, in arrays that are there from the start.</remarks>
internal sealed class CommandMemory
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // The last commands, each at its sequence number modulo the length.
    private readonly Slot[] _slots;
    private readonly Dictionary<UInt128, long> _commands;

    // Replied to and not packed yet, which the next command's thread does.
    private readonly ConcurrentQueue<RememberedCommand> _replied = new();
    private long _oldest;
    private long _next;

    /// <summary>An empty memory.</summary>
    public CommandMemory(TimeProvider time, int capacity = ControlServiceLimits.MaxRememberedCommands)
    {
        _time = time;
        _slots = new Slot[capacity];
        _commands = new Dictionary<UInt128, long>(capacity);
    }

    /// <summary>Commands that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                PackReplied();
                return _commands.Count;
            }
        }
    }

    /// <summary>A controller's command of that identifier, new or known.</summary>
    /// <param name="controller">Whose it is.</param>
    /// <param name="commandId">Its identifier.</param>
    /// <param name="isNew">Whether it is to be carried out; otherwise it was before.</param>
    public RememberedCommand Get(string controller, string commandId, out bool isNew)
    {
        UInt128 key = GetKey(controller, commandId);
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            PackReplied();
            while (_oldest < _next && (_next - _oldest >= _slots.Length || _time.GetElapsedTime(SlotOf(_oldest).CameAt, now) >= ControlServiceLimits.CommandMemory))
            {
                Forget(_oldest++);
            }

            if (_commands.TryGetValue(key, out long sequence))
            {
                isNew = false;
                object known = SlotOf(sequence).Known!;
                return known as RememberedCommand ?? new RememberedCommand(sequence, PackedReply.Unpack((byte[])known));
            }

            isNew = true;
            RememberedCommand made = new(_next++);
            _commands.Add(key, made.Sequence);
            SlotOf(made.Sequence) = new Slot(key, now, made);
            return made;
        }
    }

    /// <summary>Keeps the reply. One that says "not now" is forgotten: the same command may come again and be carried out.</summary>
    public void Complete(RememberedCommand command, CommandReply reply)
    {
        IReadOnlyList<Action<CommandReply>> waiting = command.SetReply(reply);

        // Before anybody hears of it: who comes again with what was "not now" must find it forgotten.
        _replied.Enqueue(command);
        foreach (Action<CommandReply> replied in waiting)
        {
            replied(reply);
        }
    }

    private static UInt128 GetKey(string controller, string commandId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes($"{controller.Length}:{controller}{commandId}".AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void PackReplied()
    {
        while (_replied.TryDequeue(out RememberedCommand? command))
        {
            ref Slot slot = ref SlotOf(command.Sequence);
            if (!ReferenceEquals(slot.Known, command))
            {
                continue;
            }

            if (command.Reply!.Status is CommandStatus.Unavailable or CommandStatus.ResourceExhausted)
            {
                Forget(command.Sequence);
            }
            else
            {
                slot.Known = PackedReply.Pack(command.Reply);
            }
        }
    }

    private void Forget(long sequence)
    {
        ref Slot slot = ref SlotOf(sequence);
        if (slot.Known is not null)
        {
            _commands.Remove(slot.Key);
            slot.Known = null;
        }
    }

    private ref Slot SlotOf(long sequence) => ref _slots[sequence % _slots.Length];

    /// <summary>One command.</summary>
    /// <param name="key">Controller and identifier.</param>
    /// <param name="cameAt">When it came.</param>
    /// <param name="known">A <see cref="RememberedCommand"/>, or the bytes of a <see cref="PackedReply"/>; null when it is forgotten.</param>
    private struct Slot(UInt128 key, long cameAt, object? known)
    {
        public readonly UInt128 Key = key;
        public readonly long CameAt = cameAt;
        public object? Known = known;
    }
}
