using System.Text.Json;
using MediaCore.Numbers.Lookups;

namespace MediaCore.Numbers.Tests.Menus;

/// <summary>Web servers that answer when the test says so.</summary>
internal sealed class TestLookup : IWebLookup
{
    private readonly TaskCompletionSource<WebQuestion> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WebAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WebQuestion> Asked => _asked.Task;

    public Task<WebAnswer> AskAsync(WebQuestion question, CancellationToken cancellationToken)
    {
        _asked.TrySetResult(question);
        return _answer.Task;
    }

    public void Answer(string json) => _answer.SetResult(new WebAnswer(200, JsonSerializer.Deserialize<JsonElement>(json), ""));

    public void Fail() => _answer.SetResult(new WebAnswer(500, null, "it answered 500"));
}
