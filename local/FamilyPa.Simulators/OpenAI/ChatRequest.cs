using System.Text.Json;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A chat completion request, for scripted answers and for tests.</summary>
/// <param name="Body">The whole JSON body.</param>
/// <param name="UserMessage">The last user message's text: our app's input object as JSON.</param>
/// <param name="PromptText">All messages' text, which is what the prompt's tokens are counted from.</param>
/// <param name="MaxTokens"><c>max_completion_tokens</c> or <c>max_tokens</c>.</param>
public sealed record ChatRequest(string Deployment, JsonElement Body, string UserMessage, string PromptText, int? MaxTokens)
{
    /// <returns>The request, or what is wrong with it.</returns>
    internal static (ChatRequest? Request, Answer? Refusal) Read(string deployment, string body, string? apiVersion)
    {
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(body);
            json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return (null, AzureErrors.Request("The body is not valid JSON."));
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("messages", out var messages)
            || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            return (null, AzureErrors.Request("'messages' must be an array with at least one message.", "messages"));
        if (Flag(json, "stream")) return (null, AzureErrors.Request("This simulator does not stream.", "stream"));
        if (StrictSchema.Refuse(json, apiVersion) is { } problem) return (null, AzureErrors.Request(problem, "response_format"));
        var texts = messages.EnumerateArray().Select(message => (Role: Text(message, "role"), Text: ContentOf(message))).ToList();
        return (new ChatRequest(
            deployment, json, texts.LastOrDefault(text => text.Role == "user").Text ?? "",
            string.Join('\n', texts.Select(text => text.Text)), Number(json, "max_completion_tokens") ?? Number(json, "max_tokens")), null);
    }

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    // A content is a string, or a list of parts of which only the text counts here.
    private static string ContentOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? string.Join('\n', content.EnumerateArray().Select(part => Text(part, "text")))
            : Text(message, "content");
}
