using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Inventory;

/// <summary>A number to be taken into the inventory.</summary>
/// <param name="Number">As people of the country write it; the digits of a short code.</param>
/// <param name="Country">ISO 3166-1 alpha-2; may be left out for a number with <c>+</c>.</param>
public sealed record NumberImportLine(string Number, string? Country = null)
{
    /// <summary>A short code, which no numbering plan has.</summary>
    public bool IsShortCode { get; init; }

    /// <summary>What it can do.</summary>
    public NumberCapabilities Capabilities { get; init; } = NumberCapabilities.Voice;

    /// <summary>The carrier it comes from.</summary>
    public string Carrier { get; init; } = "";

    /// <summary>The trunk its calls come in by; empty for any.</summary>
    public string Trunk { get; init; } = "";

    /// <summary>City or area.</summary>
    public string Locality { get; init; } = "";
}

/// <summary>
/// Takes thousands of numbers into the inventory in one job, whose row has the progress. Numbers that are there already stay as they are, so a job that was cut
/// off is finished by giving the same lines again.
/// </summary>
public sealed class NumberImport(ServiceStore store)
{
    /// <summary>Lines of one job: more than any carrier hands over at once.</summary>
    public const int MaxLines = 100_000;

    /// <summary>Lines in one transaction: large enough that its fsync does not count, small enough that other changes wait only tens of milliseconds.</summary>
    public const int BatchLines = 500;

    /// <summary>Problems that the job's row keeps.</summary>
    public const int MaxProblems = 50;

    /// <summary>Imports; a line that is wrong is refused and the others go on.</summary>
    /// <param name="lines">The numbers.</param>
    /// <param name="owner">The tenant that brings its own numbers along; the platform puts them on the shelf for everybody.</param>
    /// <param name="actor">Who.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Ends the job after its batch; what is in stays in.</param>
    /// <returns>The job as it ended.</returns>
    public async Task<StoreResult<Job>> RunAsync(
        IReadOnlyList<NumberImportLine> lines, TenantScope owner, string actor, IProgress<Job>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lines);
        StoreResult<Job> made = await BeginAsync(lines.Count, owner, actor, cancellationToken);
        return made.IsDone ? await ContinueAsync(made.Value, lines, owner, actor, progress, cancellationToken) : made;
    }

    /// <summary>Makes the job's row, so that whoever wants the import knows it before it has begun.</summary>
    public async Task<StoreResult<Job>> BeginAsync(int lines, TenantScope owner, string actor, CancellationToken cancellationToken = default)
    {
        if (lines is 0 or > MaxLines)
        {
            return StoreResult.Invalid($"1 to {MaxLines} numbers are imported in one job.");
        }

        var job = new Job { TenantId = owner.TenantId, Kind = "number.import", Total = lines };
        return await store.ChangeAsync<Job>(TenantScope.Platform, new ChangeOrigin(actor, "number.import"), context =>
        {
            context.Jobs.Add(job);
            return Task.FromResult<StoreResult<Job>>(job);
        }, cancellationToken);
    }

    /// <summary>Imports, for a job of <see cref="BeginAsync"/>.</summary>
    public async Task<StoreResult<Job>> ContinueAsync(
        Job job, IReadOnlyList<NumberImportLine> lines, TenantScope owner, string actor, IProgress<Job>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(lines);
        var origin = new ChangeOrigin(actor, "number.import");
        var problems = new List<string>();
        for (int first = 0; first < lines.Count; first += BatchLines)
        {
            bool cancelled = cancellationToken.IsCancellationRequested;
            StoreResult<Job> batch = await store.ChangeAsync<Job>(TenantScope.Platform, origin, async context =>
            {
                Job row = await context.Jobs.SingleAsync(one => one.Id == job.Id, CancellationToken.None);
                if (cancelled)
                {
                    row.State = JobState.Cancelled;
                    return row;
                }

                await AddAsync(context, lines, first, Math.Min(BatchLines, lines.Count - first), owner, row, problems);
                return row;
            }, CancellationToken.None);
            if (!batch.IsDone)
            {
                return batch;
            }

            job = batch.Value;
            progress?.Report(job);
            if (cancelled)
            {
                break;
            }
        }

        return job;
    }

    private async Task AddAsync(ServiceContext context, IReadOnlyList<NumberImportLine> lines, int first, int count, TenantScope owner, Job job, List<string> problems)
    {
        var rows = new Dictionary<string, VirtualNumber>(StringComparer.Ordinal);
        for (int i = first; i < first + count; i++)
        {
            if (Read(lines[i], out string? problem) is { } row)
            {
                job.Unchanged += rows.TryAdd(row.Number, row) ? 0 : 1;
                continue;
            }

            job.Refused++;
            if (problems.Count < MaxProblems)
            {
                problems.Add($"{i + 1}: {problem}");
            }
        }

        string[] numbers = [.. rows.Keys];
        foreach (string known in await context.Numbers.Where(row => numbers.Contains(row.Number)).Select(static row => row.Number).ToListAsync(CancellationToken.None))
        {
            rows.Remove(known);
            job.Unchanged++;
        }

        foreach (VirtualNumber row in rows.Values)
        {
            if (!owner.IsPlatform)
            {
                row.TenantId = owner.TenantId;
                row.State = NumberState.Owned;
                row.FirstOwnedAtMs = store.NowMs;
            }

            context.Numbers.Add(row);
        }

        job.Done += count;
        job.Problems = string.Join('\n', problems);
        job.State = job.Done == job.Total ? JobState.Finished : JobState.Running;
    }

    private static VirtualNumber? Read(NumberImportLine line, out string? problem)
    {
        string? country = line.Country?.ToUpperInvariant();
        VirtualNumber row;
        if (line.IsShortCode)
        {
            if (country is null || !NumberingPlans.HasCountry(country) || line.Number.Length is < 3 or > 8 || line.Number.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                problem = $"'{line.Number}' is no short code: 3 to 8 digits and a country are needed.";
                return null;
            }

            row = new VirtualNumber { Number = $"{country}:{line.Number}", Country = country, National = line.Number, Type = NumberType.ShortCode };
        }
        else
        {
            if (!NumberingPlans.TryParse(line.Number, country, out PhoneNumber number))
            {
                problem = $"'{line.Number}' is no telephone number{(country is null ? ": write it with '+', or give its country" : $" of {country}")}.";
                return null;
            }

            if (number.Validity != NumberValidity.Valid)
            {
                problem = $"{number.E164} is not in the numbering plan of {number.Country}: it can be called, but not sold.";
                return null;
            }

            row = new VirtualNumber { Number = number.E164, Country = number.Country, National = number.National, Type = number.Type };
        }

        row.Capabilities = line.Capabilities;
        row.Carrier = line.Carrier;
        row.Trunk = line.Trunk;
        row.Locality = line.Locality;
        problem = null;
        return row;
    }
}
