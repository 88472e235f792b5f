using System.Buffers.Binary;
using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;

namespace MediaCore.Rtp.Tests.Jitter;

/// <summary>A buffer of 8 kHz with a sender of 20 ms packets on one side and a listener that does what it is told on the other, under virtual time.</summary>
internal sealed class Listener(JitterBufferOptions? options = null)
{
    public const int PacketUnits = 160;

    private Timestamp _at;

    public JitterBuffer Buffer { get; } = new(options ?? JitterBufferOptions.Default);

    public List<Heard> All { get; } = [];

    public ushort FirstSequence { get; init; } = 100;

    public uint FirstTimestamp { get; init; } = 5000;

    public uint Ssrc { get; set; } = 1;

    public bool Speech { get; set; } = true;

    public IEnumerable<Heard> Actions(params PlayoutAction[] actions) => All.Where(heard => actions.Contains(heard.Action));

    public int Count(PlayoutAction action) => All.Count(heard => heard.Action == action);

    /// <summary>Sequence numbers of what was decoded to be heard, in its order, counted from the first packet.</summary>
    public List<int> Played => [.. Actions(PlayoutAction.Play, PlayoutAction.Compress, PlayoutAction.Stretch).Select(heard => (short)(heard.Sequence - FirstSequence))];

    /// <summary>The packet of this number, which was sent at 20 ms times it, arrives.</summary>
    public ArrivalVerdict Arrive(double milliseconds, int number, PacketKind kind = PacketKind.Audio, bool marker = false, uint? timestamp = null, int tag = 0)
    {
        Advance(milliseconds);
        byte[] payload = new byte[PacketUnits];
        BinaryPrimitives.WriteInt32BigEndian(payload, tag);
        return Buffer.Put(
            new Timestamp((long)(milliseconds * 1_000_000)),
            (ushort)(FirstSequence + number),
            timestamp ?? FirstTimestamp + (uint)(number * PacketUnits),
            Ssrc,
            marker,
            kind,
            kind == PacketKind.ComfortNoise ? (byte)13 : (byte)0,
            PacketUnits,
            payload);
    }

    /// <summary>Packets from one number to another, each so much after it was sent.</summary>
    public void ArriveOnTime(int from, int to, double delayMilliseconds = 5)
    {
        for (int number = from; number < to; number++)
        {
            Arrive((number * 20) + delayMilliseconds, number);
        }
    }

    /// <summary>Listens until this time.</summary>
    public void Advance(double milliseconds)
    {
        Timestamp until = new((long)(milliseconds * 1_000_000));
        while (_at < until)
        {
            if (Buffer.Count == 0 && All is [] or [.., { Action: PlayoutAction.Idle }])
            {
                // As the engine would: before there is a stream, it waits for packets.
                if (Buffer.NextDeadline.IsNever || Buffer.NextDeadline >= until)
                {
                    _at = until;
                    return;
                }
            }

            Playout playout = Buffer.Next(_at, Speech);
            int tag = playout.Payload.Length >= 4 ? BinaryPrimitives.ReadInt32BigEndian(playout.Payload) : 0;
            All.Add(new Heard(_at.Nanoseconds / 1_000_000, playout.Action, playout.SequenceNumber, playout.DurationUnits, playout.AdjustUnits, tag));
            int units = playout.Action switch
            {
                PlayoutAction.Stretch => playout.DurationUnits + playout.AdjustUnits,
                PlayoutAction.Compress => playout.DurationUnits - playout.AdjustUnits,
                _ => playout.DurationUnits,
            };
            _at = new Timestamp(_at.Nanoseconds + (units * 125_000L));
        }
    }
}
