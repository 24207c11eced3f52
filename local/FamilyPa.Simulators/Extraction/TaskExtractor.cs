using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>STUB.</summary>
#pragma warning disable CA1822
internal sealed class TaskExtractor
{
    public Task<string> AnswerAsync(string userMessage, DateTimeOffset now, CancellationToken cancellation)
    {
        var text = userMessage;
        try { using var d = JsonDocument.Parse(userMessage); text = d.RootElement.GetProperty("message").GetString() ?? ""; } catch (JsonException) { }
        return Task.FromResult(JsonSerializer.Serialize(new { tasks = new[] { new { title = text, notes = (string?)null, due_at = (string?)null, assignee = (string?)null, category = "other", confidence = 0.9 } }, clarifying_question = (string?)null, language = "en" }));
    }
}
