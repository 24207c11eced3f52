namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Runs a timer's function now, as an operator can. Returns when it has begun.</summary>
    public async Task RunTimerAsync(string function)
    {
        using var answer = await Operator.PostAsync($"/admin/functions/{function}", null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
