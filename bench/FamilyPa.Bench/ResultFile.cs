using System.Text.Encodings.Web;
using System.Text.Json;

namespace FamilyPa.Bench;

/// <summary>The results of a benchmark as JSON, so that two commits can be compared.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="path">Null writes nothing.</param>
    public static async Task WriteAsync<T>(string? path, T results)
    {
        if (path is null)
            return;
        var file = JsonSerializer.SerializeToNode(results, Json)!.AsObject();
        file.Insert(0, "at", DateTimeOffset.UtcNow);
        file.Insert(1, "processors", Environment.ProcessorCount);
        await File.WriteAllTextAsync(path, file.ToJsonString(Json));
    }
}
