using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using OpenTelemetry;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Spans of our libraries, before they leave: URLs without their queries, SQL in brief, everything else sanitised.</summary>
internal sealed class SafeSpans : BaseProcessor<Activity>
{
    /// <summary>Statements tell which one they are at their beginning; they never hold values.</summary>
    private const int LongestQuery = 400;

    public override void OnEnd(Activity span)
    {
        foreach (var (name, value) in span.TagObjects.ToList())
        {
            if (IsNoise(name))
                span.SetTag(name, null);
            else if (value is string text && Safe(name, text) is var safe && safe != text)
                span.SetTag(name, safe);
        }

        // An exception's words, where it is not a code of ours.
        if (span.Source.Name != Traces.Name && span.StatusDescription is not null)
            span.SetStatus(span.Status);
    }

    /// <summary>What a library says of itself is sent with every span and asked for by nobody.</summary>
    private static bool IsNoise(string name) =>
        name.StartsWith("db.npgsql.", StringComparison.Ordinal) || name is "az.schema_url" or "schema.url" or "network.protocol.version" or "url.query";

    private static string Safe(string name, string text) => name switch
    {
        "url.full" or "http.url" or "url.path" => Sanitizer.Url(text),
        "db.query.text" or "db.statement" => text.Length <= LongestQuery ? text : text[..LongestQuery],
        _ => Sanitizer.Text(text),
    };
}
