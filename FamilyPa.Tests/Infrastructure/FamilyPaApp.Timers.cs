using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Runs a timer's function now, as an operator can. Returns when it has begun.</summary>
    public async Task StartTimerAsync(string function)
    {
        using var answer = await Operator.PostAsJsonAsync($"/admin/functions/{function}", new { }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Runs a timer's function now and waits for its end, of which the host's log tells.</summary>
    public async Task RunTimerAsync(string function)
    {
        var ended = new Regex($@"Executed 'Functions\.{function}' \(\w+, Id=([0-9a-f-]+)");
        var before = Ids();
        await StartTimerAsync(function);
        await WaitForAsync(() => Task.FromResult(Ids()), ids => !ids.IsSubsetOf(before), $"the end of {function}");

        HashSet<string> Ids() => [.. ended.Matches(Log).Select(match => match.Groups[1].Value)];
    }
}
