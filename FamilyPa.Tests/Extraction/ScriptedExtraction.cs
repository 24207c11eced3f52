using System.Text.Json;
using FamilyPa.Bench.Evaluation;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Tests.Infrastructure;
using NodaTime;
using NodaTime.Text;

namespace FamilyPa.Tests.Extraction;

/// <summary>The product's extractor, asked over HTTP, with a model that answers what a test scripts, and with the clock of the test.</summary>
public sealed class ScriptedExtraction(KeylessModel model) : IAsyncDisposable
{

    private static readonly Member Sender = new(Guid.NewGuid(), "Ann", OptedOut: false);

    private readonly EvaluatedModel product = EvaluatedModel.Of(model.Simulator, "chat");

    /// <summary>The confidence from which on a task is not asked about.</summary>
    public double ReviewBelow => product.ReviewBelow;

    /// <summary>The JSON that the model was sent last.</summary>
    public JsonElement Sent { get; private set; }

    /// <param name="now">The family's local time.</param>
    /// <param name="due">Of one task each.</param>
    public async Task<ExtractionResult> ReadAsync(
        string message, string zone, string now, IEnumerable<string?> due, string language = "en", string locale = "en-GB", OpenQuestion? question = null,
        string? clarifyingQuestion = null, double confidence = 0.9)
    {
        var family = new Family(Guid.NewGuid(), DateTimeZoneProviders.Tzdb[zone], locale, [Sender, new Member(Guid.NewGuid(), "Domingo Ruiz", OptedOut: false)]);
        var answer = JsonSerializer.Serialize(new
        {
            tasks = due.Select((at, i) => new
            {
                title = $"Task {i + 1}",
                due_at = at,
                category = "other",
                confidence,
                answers = question is null ? (int?)null : 1,
            }),
            clarifying_question = clarifyingQuestion,
            language,
        });
        // Tests run side by side against one simulator.
        var token = $"{Guid.NewGuid():N}"[..8];
        var sender = Sender with { Name = token };
        using var script = model.Simulator.Respond(
            request =>
            {
                if (!request.UserMessage.Contains(token, StringComparison.Ordinal))
                    return false;
                Sent = JsonDocument.Parse(request.UserMessage).RootElement;
                return true;
            },
            answer);
        var at = LocalDateTimePattern.GeneralIso.Parse(now + ":00").Value.InZoneLeniently(family.TimeZone).ToDateTimeOffset();
        var extracted = await product.Extractor.ExtractAsync(
            new ExtractionRequest(new SenderWords(message, false, false), sender, family, question is null ? [] : [question], at),
            _ => Task.FromResult(true), TestContext.Current.CancellationToken);
        return extracted!.Value.Result;
    }

    public ValueTask DisposeAsync() => product.DisposeAsync();
}
