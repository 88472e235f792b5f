using System.Diagnostics.Metrics;
using MediaCore.Engine.CallRecords;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>Histograms over the legs of ended calls: one observation per leg and direction, when its record is made. Labels: the direction and the codec's name, from closed sets.</summary>
internal static class QualityMetrics
{
    private static readonly Meter s_meter = new("MediaCore.Engine.Quality");

    private static readonly Histogram<double> s_mos = Create("mediacore.calls.mos", "{score}", "Opinion score (E-model) of a leg of an ended call", [1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.1, 4.2, 4.3, 4.4, 4.5]);

    private static readonly Histogram<double> s_worst = Create("mediacore.calls.mos.worst", "{score}", "The worst ten seconds of what a leg sent", [1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.1, 4.2, 4.3, 4.4, 4.5]);

    private static readonly Histogram<double> s_loss = Create("mediacore.rtp.loss", "1", "Share of the packets of a leg that were lost", [0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5]);

    private static readonly Histogram<double> s_roundTrip = Create("mediacore.rtp.round.trip", "s", "Longest round trip to a leg's peer", [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1]);

    /// <summary>Makes the instruments, so that they are shown, empty, before the first call has ended.</summary>
    public static void Publish() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(QualityMetrics).TypeHandle);

    /// <summary>Observes a leg.</summary>
    public static void Record(MediaQuality quality, AudioCodec codec)
    {
        var label = new KeyValuePair<string, object?>("codec", NameOf(codec));
        var received = new KeyValuePair<string, object?>("direction", "received");
        if (quality.Mos is { } mos)
        {
            s_mos.Record(mos, received, label);
            s_worst.Record(quality.WorstMos ?? mos, label);
            s_loss.Record(quality.LossPercent / 100, received, label);
        }

        if (quality is { FarMos: { } far, FarLossPercent: { } lost })
        {
            var sent = new KeyValuePair<string, object?>("direction", "sent");
            s_mos.Record(far, sent, label);
            s_loss.Record(lost / 100, sent, label);
        }

        if (quality.MaxRoundTripMilliseconds is { } roundTrip)
        {
            s_roundTrip.Record(roundTrip / 1000);
        }
    }

    private static string NameOf(AudioCodec codec) => codec switch
    {
        AudioCodec.Pcmu => "pcmu",
        AudioCodec.Pcma => "pcma",
        _ => "other",
    };

    private static Histogram<double> Create(string name, string unit, string description, double[] bounds) =>
        s_meter.CreateHistogram(name, unit, description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
