using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Starts a timer function as an operator can. Returns when it has started.</summary>
    public async Task StartTimerAsync(string function)
    {
        using var answer = await Operator.PostAsJsonAsync($"/admin/functions/{function}", new { }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Runs a timer function and waits for its end in the host's log.</summary>
    public async Task RunTimerAsync(string function)
    {
        // Excludes scheduled calls at the same moment.
        var begun = new Regex($@"Executing 'Functions\.{function}' \(Reason='This function was programmatically called via the host APIs\.', Id=([0-9a-f-]+)");
        var ended = new Regex($@"Executed 'Functions\.{function}' \(\w+, Id=([0-9a-f-]+)");
        var before = Ids(ended);
        await StartTimerAsync(function);
        await WaitForAsync(() => Task.FromResult(Ids(begun).Intersect(Ids(ended)).Except(before)), ids => ids.Any(), $"the end of {function}");

        HashSet<string> Ids(Regex line) => [.. line.Matches(Log).Select(match => match.Groups[1].Value)];
    }
}
