using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MediaCore.Server.Metrics;

/// <summary>The figures of the process under the names that every Prometheus client library uses for them.</summary>
internal static class ProcessMetrics
{
    private static readonly DateTimeOffset StartedAt = new(Process.GetCurrentProcess().StartTime);

    /// <summary>Writes the metrics.</summary>
    public static void Write(StringBuilder output)
    {
        using Process process = Process.GetCurrentProcess();
        Write(output, "process_cpu_seconds_total", "counter", "User and system CPU time spent in seconds.", process.TotalProcessorTime.TotalSeconds);
        Write(output, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", process.WorkingSet64);
        Write(output, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", process.VirtualMemorySize64);
        Write(output, "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        Write(output, "process_threads", "gauge", "Threads of the process.", process.Threads.Count);
        if (CountDescriptors() is { } open)
        {
            Write(output, "process_open_fds", "gauge", "Number of open file descriptors.", open);
        }

        if (ReadDescriptorLimit() is { } limit)
        {
            Write(output, "process_max_fds", "gauge", "Maximum number of open file descriptors.", limit);
        }
    }

    private static void Write(StringBuilder output, string name, string type, string help, double value) =>
        output.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n')
            .Append(name).Append(' ').Append(MetricSeries.Format(value)).Append('\n');

    /// <summary>Null where the system has no <c>/proc</c>.</summary>
    private static int? CountDescriptors() =>
        Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : null;

    private static double? ReadDescriptorLimit()
    {
        if (!File.Exists("/proc/self/limits"))
        {
            return null;
        }

        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                string soft = line[14..].TrimStart().Split(' ')[0];
                return double.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out double value) ? value : double.PositiveInfinity;
            }
        }

        return null;
    }
}
