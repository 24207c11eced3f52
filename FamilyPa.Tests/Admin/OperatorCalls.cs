using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

internal static class OperatorCalls
{
    public static async Task<Answer> AskAsync(this FamilyPaApp app, string path)
    {
        using var response = await app.Operator.GetAsync(path, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public static async Task<Answer> ReplayAsync(this FamilyPaApp app, object request)
    {
        using var response = await app.Operator.PostAsJsonAsync("/api/admin/replay-webhook", request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The replay's outcome of each message, in the order of the answer.</summary>
    public static IReadOnlyList<(string MessageSid, string Outcome)> Outcomes(this Answer answer) =>
        [.. answer.Json.GetProperty("jobs").EnumerateArray().Select(job => (job.Text("message_sid")!, job.Text("outcome")!))];

    public static string? Text(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;

    public static string? Code(this Answer answer) => answer.Json.Text("code");

    public static string[] WrongFields(this Answer answer) => [.. answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
}
