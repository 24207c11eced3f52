using System.Text.Json;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Answers the app's request to put sentences in another language. It speaks none, and writes the language before each of them.</summary>
internal static class ReplyTranslation
{
    /// <returns>Null for any other request.</returns>
    public static string? Answer(ChatRequest request)
    {
        if (request.SchemaName != "reply_lines") return null;
        var input = JsonDocument.Parse(request.UserMessage).RootElement;
        return JsonSerializer.Serialize(new { lines = input.GetProperty("sentences").EnumerateArray().Select(sentence => $"[{input.GetProperty("language")}] {sentence}") });
    }
}
