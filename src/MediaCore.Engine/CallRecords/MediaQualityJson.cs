using System.Text.Json;

namespace MediaCore.Engine.CallRecords;

/// <summary>The <c>quality</c> of a leg in the record: figures that are not known are left out, and so are the flags of faults that there were not.</summary>
internal static class MediaQualityJson
{
    internal static void Write(Utf8JsonWriter writer, MediaQuality quality)
    {
        writer.WriteStartObject("quality"u8);
        Number(writer, "mos"u8, quality.Mos);
        Number(writer, "r_factor"u8, quality.RFactor);
        Number(writer, "worst_mos"u8, quality.WorstMos);
        Number(writer, "loss_percent"u8, quality.LossPercent);
        writer.WriteNumber("bursts"u8, quality.Bursts);
        Number(writer, "burst_loss_percent"u8, quality.BurstLossPercent);
        Number(writer, "burst_ms"u8, quality.BurstMilliseconds);
        Number(writer, "gap_loss_percent"u8, quality.GapLossPercent);
        Number(writer, "gap_ms"u8, quality.GapMilliseconds);
        writer.WriteNumber("max_loss_burst"u8, quality.MaxLossBurst);
        writer.WriteNumber("out_of_order"u8, quality.OutOfOrder);
        writer.WriteNumber("duplicates"u8, quality.Duplicates);
        writer.WriteNumber("ssrc_changes"u8, quality.SsrcChanges);
        Number(writer, "round_trip_ms"u8, quality.RoundTripMilliseconds);
        Number(writer, "max_round_trip_ms"u8, quality.MaxRoundTripMilliseconds);
        Number(writer, "level_dbov"u8, quality.LevelDbov);
        Flag(writer, "one_way"u8, quality.IsOneWay);
        writer.WriteNumber("missing_ms"u8, quality.MissingMilliseconds);
        Flag(writer, "silent"u8, quality.IsSilent);
        writer.WriteNumber("silent_ms"u8, quality.SilentMilliseconds);
        Number(writer, "far_loss_percent"u8, quality.FarLossPercent);
        Number(writer, "far_jitter_ms"u8, quality.FarJitterMilliseconds);
        Number(writer, "far_mos"u8, quality.FarMos);
        writer.WriteEndObject();
    }

    /// <summary>Takes over one property on whose value the reader stands; null for one that is not known.</summary>
    internal static MediaQuality? Read(ref Utf8JsonReader reader, string name, MediaQuality quality) => name switch
    {
        "mos" => quality with { Mos = reader.GetDouble() },
        "r_factor" => quality with { RFactor = reader.GetDouble() },
        "worst_mos" => quality with { WorstMos = reader.GetDouble() },
        "loss_percent" => quality with { LossPercent = reader.GetDouble() },
        "bursts" => quality with { Bursts = reader.GetInt64() },
        "burst_loss_percent" => quality with { BurstLossPercent = reader.GetDouble() },
        "burst_ms" => quality with { BurstMilliseconds = reader.GetDouble() },
        "gap_loss_percent" => quality with { GapLossPercent = reader.GetDouble() },
        "gap_ms" => quality with { GapMilliseconds = reader.GetDouble() },
        "max_loss_burst" => quality with { MaxLossBurst = reader.GetInt32() },
        "out_of_order" => quality with { OutOfOrder = reader.GetInt64() },
        "duplicates" => quality with { Duplicates = reader.GetInt64() },
        "ssrc_changes" => quality with { SsrcChanges = reader.GetInt64() },
        "round_trip_ms" => quality with { RoundTripMilliseconds = reader.GetDouble() },
        "max_round_trip_ms" => quality with { MaxRoundTripMilliseconds = reader.GetDouble() },
        "level_dbov" => quality with { LevelDbov = reader.GetDouble() },
        "one_way" => quality with { IsOneWay = reader.GetBoolean() },
        "missing_ms" => quality with { MissingMilliseconds = reader.GetInt64() },
        "silent" => quality with { IsSilent = reader.GetBoolean() },
        "silent_ms" => quality with { SilentMilliseconds = reader.GetInt64() },
        "far_loss_percent" => quality with { FarLossPercent = reader.GetDouble() },
        "far_jitter_ms" => quality with { FarJitterMilliseconds = reader.GetDouble() },
        "far_mos" => quality with { FarMos = reader.GetDouble() },
        _ => null,
    };

    private static void Number(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } known && double.IsFinite(known))
        {
            writer.WriteNumber(name, Math.Round(known, 3));
        }
    }

    private static void Flag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }
}
