using Grpc.Core;
using MediaCore.Control.V1;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>What several tests do.</summary>
internal static class ApiFlows
{
    /// <summary>Waits for the end of an import. What takes milliseconds may take this long on a busy machine.</summary>
    public static async Task<Job> FinishAsync(ApiHost host, Job job, Metadata headers)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(120));
        while (job.State == Job.Types.State.Running)
        {
            job = await host.Numbers.GetJobAsync(new EntityRequest { Id = job.Id }, headers, cancellationToken: patience.Token);
        }

        return job;
    }
}
