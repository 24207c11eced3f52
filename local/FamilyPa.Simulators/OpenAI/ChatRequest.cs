using System.Text.Json;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A chat completion request, for scripted answers and for tests.</summary>
/// <param name="Body">The whole JSON body.</param>
/// <param name="UserMessage">The last user message's text: our app's input object as JSON.</param>
/// <param name="PromptText">All messages' text, which is what the prompt's tokens are counted from.</param>
/// <param name="MaxTokens"><c>max_completion_tokens</c>.</param>
/// <param name="Effort">How much the model reasons before it answers.</param>
/// <param name="Pictures">Those of all messages.</param>
public sealed record ChatRequest(
    string Deployment, JsonElement Body, string UserMessage, string PromptText, int? MaxTokens, string Effort, IReadOnlyList<SentPicture> Pictures)
{
    // The models take three more names, which one of them may not know: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning.
    private static readonly Dictionary<string, int> Efforts = new() { ["none"] = 0, ["low"] = 200, ["medium"] = 600, ["high"] = 2000 };

    /// <summary>With any effort but none.</summary>
    private static readonly string[] NotWhileReasoning = ["top_p", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "logit_bias"];

    /// <summary>The texts in the pictures; null for each that cannot be read.</summary>
    internal IReadOnlyList<string?> PictureTexts => [.. Pictures.Select(picture => picture.Text)];

    /// <summary>Of the answer; null where it may be any text.</summary>
    public string? SchemaName => Body.TryGetProperty("response_format", out var format) && format.TryGetProperty("json_schema", out var schema) ? Text(schema, "name") : null;

    internal int ReasoningTokens => Efforts[Effort];

    internal int PromptTokens => Tokens.Count(PromptText) + Pictures.Sum(picture => picture.Tokens);

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
        if (RefuseParameters(json) is { } refusal) return (null, refusal);
        if (StrictSchema.Refuse(json, apiVersion) is { } problem) return (null, AzureErrors.Request(problem, "response_format"));
        var (pictures, unreadable) = SentPicture.ReadAll(messages);
        if (unreadable is not null) return (null, unreadable);
        var texts = messages.EnumerateArray().Select(message => (Role: Text(message, "role"), Text: ContentOf(message))).ToList();
        return (new ChatRequest(
            deployment, json, texts.LastOrDefault(text => text.Role == "user").Text ?? "",
            string.Join('\n', texts.Select(text => text.Text)), Number(json, "max_completion_tokens"), EffortOf(json), pictures), null);
    }

    private static string EffortOf(JsonElement json) => Text(json, "reasoning_effort") is { Length: > 0 } effort ? effort : "medium";

    private static Answer? RefuseParameters(JsonElement json)
    {
        if (IsSet(json, "max_tokens"))
        {
            return AzureErrors.Unsupported(
                "max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter");
        }

        var effort = EffortOf(json);
        if (!Efforts.ContainsKey(effort))
        {
            return AzureErrors.Unsupported(
                "reasoning_effort", $"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. Supported values are: '{string.Join("', '", Efforts.Keys)}'.");
        }

        if (effort == "none") return null;
        if (Fraction(json, "temperature") is not (null or 1))
            return AzureErrors.Unsupported("temperature", "Unsupported value: 'temperature' does not support this value while the model reasons. Only the default (1) is supported.");
        return Array.Find(NotWhileReasoning, name => IsSet(json, name)) is { } other
            ? AzureErrors.Unsupported(other, $"Unsupported value: '{other}' is not supported while the model reasons.")
            : null;
    }

    private static bool IsSet(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static double? Fraction(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

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
