using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds dates and times with chrono-node in a Node.js child process, which starts at the first call and again after it has ended.</summary>
/// <remarks>It answers one request at a time, because the child has one thread.</remarks>
public sealed class DateRecogniser(string? nodeModules, string node = "node") : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly SemaphoreSlim turn = new(1);
    private Process? child;

    /// <summary>Null while no child runs.</summary>
    public int? ProcessId { get; private set; }

    /// <returns>The mentions in each text, in order of position.</returns>
    /// <exception cref="RecogniserException">Node.js or chrono-node is missing, or the child did not answer within 15 s.</exception>
    internal async Task<IReadOnlyList<IReadOnlyList<DateMention>>> FindAsync(
        string language, string locale, DateTime now, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        if (texts.Count == 0) return [];
        var request = JsonSerializer.Serialize(new { now = now.ToString("s", CultureInfo.InvariantCulture), language, locale, texts });
        await turn.WaitAsync(cancellation);
        try
        {
            // A child that ended since the last request gives no answer. A new one gets the request again.
            var answer = await AskAsync(request) ?? await AskAsync(request)
                ?? throw new RecogniserException($"the Node.js child ended. Is chrono-node in '{nodeModules}'? (npm ci in local/.)");
            return JsonSerializer.Deserialize<Answer>(answer, Json)!.Texts;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        Stop();
        turn.Dispose();
    }

    /// <returns>Null if the child ended without an answer.</returns>
    private async Task<string?> AskAsync(string request)
    {
        child ??= Start();
        try
        {
            // A cancelled request is still read to its end. Otherwise the next request would read this answer.
            await child.StandardInput.WriteLineAsync(request).WaitAsync(Timeout);
            if (await child.StandardOutput.ReadLineAsync().WaitAsync(Timeout) is { } answer) return answer;
        }
        catch (IOException)
        {
            // The child has closed its input.
        }
        catch (TimeoutException exception)
        {
            Stop();
            throw new RecogniserException($"the Node.js child did not answer within {Timeout.TotalSeconds} s.", exception);
        }

        Stop();
        return null;
    }

    private Process Start()
    {
        if (!Directory.Exists(nodeModules)) throw new RecogniserException($"there is no node_modules folder at '{nodeModules}' (npm ci in local/).");
        var start = new ProcessStartInfo(node, [Path.Combine(AppContext.BaseDirectory, "recogniser", "recogniser.mjs"), nodeModules])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TZ"] = "UTC" },
        };
        try
        {
            var started = Process.Start(start)!;
            ProcessId = started.Id;
            return started;
        }
        catch (Win32Exception exception)
        {
            throw new RecogniserException($"Node.js ('{node}') could not be started. Install Node.js 20 or later.", exception);
        }
    }

    private void Stop()
    {
        child?.Kill();
        child?.Dispose();
        (child, ProcessId) = (null, null);
    }

    private sealed record Answer(DateMention[][] Texts);
}

/// <summary>Dates cannot be recognised. The message says how to repair that.</summary>
public sealed class RecogniserException(string message, Exception? inner = null) : Exception($"Dates cannot be recognised: {message}", inner);

/// <summary>A date or time in a text, as the family's local time.</summary>
/// <param name="Time">Null if the text gives no time of day.</param>
/// <param name="HasDay">False for a time alone ("at 5pm"). <paramref name="Date"/> is then the next day with that time.</param>
internal sealed record DateMention(int Index, int Length, DateOnly Date, TimeOnly? Time, bool HasDay);
