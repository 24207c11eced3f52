using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using OpenTelemetry;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Sanitises the spans of libraries: removes URL queries, shortens SQL and masks secrets.</summary>
internal sealed class SafeSpans : BaseProcessor<Activity>
{
    /// <summary>The beginning identifies a statement. Statements contain no values.</summary>
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

        // In spans of libraries the description is an exception's message.
        if (span.Source.Name != Traces.Name && span.StatusDescription is not null)
            span.SetStatus(span.Status);
    }

    /// <summary>Tags that no query uses, but that every span would carry.</summary>
    private static bool IsNoise(string name) =>
        name.StartsWith("db.npgsql.", StringComparison.Ordinal) || name is "az.schema_url" or "schema.url" or "network.protocol.version" or "url.query";

    private static string Safe(string name, string text) => name switch
    {
        "url.full" or "http.url" or "url.path" => Sanitizer.Url(text),
        "db.query.text" or "db.statement" => text.Length <= LongestQuery ? text : text[..LongestQuery],
        _ => Sanitizer.Text(text),
    };
}
