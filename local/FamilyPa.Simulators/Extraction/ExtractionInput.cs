using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>The JSON that the app sends as the user message.</summary>
internal sealed record ExtractionInput
{
    /// <summary>The longest text of WhatsApp.</summary>
    private const int MaxLength = 4_096;

    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public required string Message { get; init; }

    /// <summary>The family's local time.</summary>
    public DateTime Now { get; init; } = DateTime.UtcNow;

    public string Locale { get; init; } = "en-GB";
    public string? Sender { get; init; }
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>What the sender was asked and has not answered.</summary>
    public IReadOnlyList<OpenQuestion> OpenQuestions { get; init; } = [];

    /// <summary>What the message may be about.</summary>
    public IReadOnlyList<ExistingTask> Tasks { get; init; } = [];

    /// <summary>Takes any other text as the message itself.</summary>
    public static ExtractionInput Read(string userMessage)
    {
        var input = Parse(userMessage) ?? new ExtractionInput { Message = userMessage };
        return input with { Message = input.Message[..Math.Min(input.Message.Length, MaxLength)].Replace('’', '\'') };
    }

    private static ExtractionInput? Parse(string userMessage)
    {
        try
        {
            return JsonSerializer.Deserialize<ExtractionInput>(userMessage, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Task">Null if the question is about no task.</param>
internal sealed record OpenQuestion(int Number, ExtractedTask? Task = null);
