using System.CommandLine;
using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Tests;

public sealed class OriginTests
{
    [Fact]
    public void Command_IsWhatWasGiven_WithoutPathsAndPasswords()
    {
        RootCommand root = [];
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(KneeCommand.Create());

        Assert.Equal(
            "perf/load.sh call --rate 50 --arrivals ramp --peak 200 --direct --seed 7",
            Origin.Describe(root.Parse(["load", "--scenario", "/a/b/call.json", "--report", "/c/d", "--rate", "50", "--arrivals", "ramp", "--peak=200", "--direct", "--password", "secret", "--seed", "7"])));
        Assert.Equal("perf/knee.sh signalling --p99-ms 50", Origin.Describe(root.Parse(["knee", "--scenario", "signalling.json", "--program", "/e/mediacore.dll", "--p99-ms", "50"])));
    }

    [Fact]
    public void Origin_HasTheMachine_AndACommitOrSaysThatThereIsNone()
    {
        RootCommand root = [];
        root.Subcommands.Add(LoadCommand.Create());

        Origin origin = Origin.Of(root.Parse(["load", "--scenario", "call.json", "--direct"]));

        Assert.Matches("^[0-9]+ × .+, [0-9.]+ GiB, Linux [0-9]", origin.Machine);
        Assert.Matches("^(unknown|[0-9a-f]{7,}( with changes)?)$", origin.Commit);
    }
}
