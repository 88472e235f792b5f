using System.Globalization;
using System.Net;
using System.Text;

namespace MediaCore.LoadTests.Load;

/// <summary>A page with plots, whole in itself: no script, nothing from elsewhere.</summary>
internal static class HtmlReport
{
    private const string Style = "body{font:14px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#222;background:#fff}h1{font-size:1.3em}table{border-collapse:collapse}td{border-top:1px solid #ddd;padding:.2em .8em .2em 0;vertical-align:top}figure{margin:1.5em 0}figcaption{font-weight:600}svg{width:100%;height:auto}svg text{font-size:11px;fill:#555}";

    public static string Compose(string title, string machine, LoadResult result, IReadOnlyList<(string What, string Seen)> sums)
    {
        StringBuilder page = new();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Append(WebUtility.HtmlEncode(title))
            .Append("</title><style>").Append(Style).Append("</style></head><body>\n<h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1>\n<p>").Append(WebUtility.HtmlEncode(machine)).Append("</p>\n<table>\n");
        foreach ((string what, string seen) in sums)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(what)}</td><td>{WebUtility.HtmlEncode(seen)}</td></tr>\n");
        }

        page.Append("</table>\n");
        IReadOnlyList<LoadSecond> s = result.Seconds;
        double[] at = [.. s.Select(static x => x.Second)];
        page.Append(Plot.Draw("Calls per second", at, [new("begun", [.. s.Select(static x => (double)x.Started)]), new("answered", [.. s.Select(static x => (double)x.Answered)]), new("ended", [.. s.Select(static x => (double)x.Ended)])]));
        page.Append(Plot.Draw("Failed calls and retransmissions per second", at, [new("failed", [.. s.Select(static x => (double)x.Failed)]), new("refused with 503", [.. s.Select(static x => (double)x.Refused)]), new("sent again", [.. s.Select(static x => (double)x.Retransmissions)])]));
        page.Append(Plot.Draw("Set-up from the intended moment, ms", at, [new("p50", [.. s.Select(static x => x.SetUp.P50 / 1000)]), new("p99", [.. s.Select(static x => x.SetUp.P99 / 1000)]), new("max", [.. s.Select(static x => x.SetUp.Max / 1000)])]));
        page.Append(Plot.Draw("Calls up", at, [new("up", [.. s.Select(static x => (double)x.Up)])]));
        page.Append(Plot.Draw("Delay of relayed packets, ms", at, [new("p50", [.. s.Select(static x => x.Media.P50 / 1000)]), new("p99", [.. s.Select(static x => x.Media.P99 / 1000)]), new("p99.9", [.. s.Select(static x => x.Media.P999 / 1000)])]));
        page.Append(Plot.Draw("How late the generator sent packets at most, ms", at, [new("late", [.. s.Select(static x => x.RtpLateMilliseconds)])]));
        page.Append(Plot.Draw("Packets lost, per second in which their calls ended", at, [new("lost", [.. s.Select(static x => (double)x.Lost)])]));
        page.Append(Plot.Draw("Processor, % of one", at, [new("server", [.. s.Select(static x => x.CpuPercent)]), new("generator", [.. s.Select(static x => x.GeneratorCpuPercent)]), new("stolen by the host (of all)", [.. s.Select(static x => x.StolenPercent)])]));
        page.Append(Plot.Draw("Server's memory, MiB", at, [new("resident", [.. s.Select(static x => x.ResidentMebibytes)]), new("managed heap", [.. s.Select(static x => x.HeapMebibytes)])]));
        page.Append(Plot.Draw("Server's garbage collections per second", at, [new("collections", [.. s.Select(static x => x.Collections)])]));
        return page.Append("</body></html>\n").ToString();
    }
}
