using MediaCore.Wire.Tests.Peers;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>SIPp scenarios that others wrote for their servers, run against ours.</summary>
public sealed class ScenarioTests(ScenarioRun run, ITestOutputHelper output) : IClassFixture<ScenarioRun>
{
    /// <summary>Names of the rows.</summary>
    public static TheoryData<string> Names => [.. ScenarioTable.Rows.Select(static r => r.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_EndsAsItsAuthorsWantIt(string name)
    {
        if (ScenarioRun.Folder is null)
        {
            output.WriteLine($"left out, as are all {ScenarioTable.Rows.Count}: the scenarios are not on this machine");
            return;
        }

        string failure = run.FailureOf(ScenarioTable.Rows.Single(r => r.ToString() == name));
        Assert.True(failure.Length == 0, failure);
    }

    [Fact]
    public void NothingIsLeft_AndNothingFaulted()
    {
        if (ScenarioRun.Folder is null)
        {
            output.WriteLine($"{ScenarioTable.Rows.Count} scenarios were left out: they are not on this machine");
            return;
        }

        Assert.Equal(0, run.Faults);
        Assert.DoesNotContain("ShardDied", run.ServerOutput, StringComparison.Ordinal);

        // Two callees leave without an answer to CANCEL or to our BYE; their calls end by time-out.
        Assert.InRange(run.CallsLeft, 0, 2);
    }

    [Fact]
    public async Task WhatTheServerSent_IsReadByWireshark_WithoutAComplaint()
    {
        if (ScenarioRun.Folder is null)
        {
            output.WriteLine("left out: the scenarios are not on this machine");
            return;
        }

        (int read, string complaints) = await Wireshark.ReadAsync(run.Sent);
        output.WriteLine($"{read} messages");
        Assert.True(complaints.Length == 0, complaints);
        Assert.Equal(run.Sent.Count, read);
        Assert.True(read > ScenarioTable.Rows.Count * 5, $"{read} messages of {ScenarioTable.Rows.Count} pairs");
    }
}
