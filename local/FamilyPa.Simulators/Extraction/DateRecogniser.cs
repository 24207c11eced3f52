using System.ComponentModel;
using System.Globalization;
using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds dates and times by chrono-node in a Node.js child, which is started at the first question and again whenever it has died.</summary>
public sealed class DateRecogniser(string? nodeModules, string node = "node") : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim starting = new(1);
    private RecogniserChild? child;

    /// <summary>Null until the first question.</summary>
    public int? ProcessId => child?.ProcessId;

    /// <returns>The mentions in each text, in order of position.</returns>
    internal async Task<IReadOnlyList<IReadOnlyList<DateMention>>> FindAsync(
        string language, string locale, DateTime now, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        if (texts.Count == 0) return [];
        var items = texts.Select(text => new { language, locale, text }).ToList();
        var clock = now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        RecogniserChild? asked = null;
        for (var attempt = 1; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            try
            {
                asked = await RunningAsync(asked, limit.Token);
                var answer = await asked.AskAsync(clock, items, limit.Token);
                if (answer.TryGetProperty("error", out var error)) throw new RecogniserException($"Dates cannot be recognised: {error}");
                return [.. answer.GetProperty("items").EnumerateArray().Select(Read)];
            }
            catch (RecogniserEndedException) when (attempt == 1)
            {
                // It died, perhaps long ago: a new one gets the same question.
            }
            catch (RecogniserEndedException ended)
            {
                throw new RecogniserException(
                    $"Dates cannot be recognised: the Node.js helper ended. Is chrono-node in '{nodeModules}'? (npm ci in local/.) {ended.Message}", ended);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new RecogniserException($"Dates cannot be recognised: the Node.js helper did not answer within {Patience.TotalSeconds} s.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (child is not null) await child.DisposeAsync();
    }

    /// <param name="ended">One whose pipes are closed, though the system may still call it alive.</param>
    private async Task<RecogniserChild> RunningAsync(RecogniserChild? ended, CancellationToken cancellation)
    {
        await starting.WaitAsync(cancellation);
        try
        {
            if (child is { HasEnded: false } && child != ended) return child;
            if (child is not null) await child.DisposeAsync();
            child = null;
            if (nodeModules is null || !Directory.Exists(nodeModules))
                throw new RecogniserException($"Dates cannot be recognised: there is no node_modules folder at '{nodeModules}' (npm ci in local/).");
            return child = RecogniserChild.Start(node, Path.Combine(AppContext.BaseDirectory, "recogniser", "recogniser.mjs"), nodeModules);
        }
        catch (Win32Exception exception)
        {
            throw new RecogniserException($"Dates cannot be recognised: Node.js ('{node}') could not be started. Install Node.js 20 or later.", exception);
        }
        finally
        {
            starting.Release();
        }
    }

    private static IReadOnlyList<DateMention> Read(JsonElement mentions) =>
    [
        .. mentions.EnumerateArray().Select(mention => new DateMention(
            mention.GetProperty("index").GetInt32(),
            mention.GetProperty("length").GetInt32(),
            DateOnly.ParseExact(mention.GetProperty("date").GetString()!, "yyyy-M-d", CultureInfo.InvariantCulture),
            mention.GetProperty("time").GetString() is { } time ? TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture) : null,
            mention.GetProperty("dateSaid").GetBoolean())).OrderBy(mention => mention.Index),
    ];
}
