using System.Globalization;

namespace FamilyPa.FailPoints;

/// <summary>A fail point that a function call reached.</summary>
/// <param name="Call">Identifies the call.</param>
/// <param name="Ordinal">Number of the point within the call, from 1.</param>
/// <param name="What">The effect before or after the point.</param>
public sealed record Reached(string Call, string Function, int Ordinal, string What)
{
    /// <summary>The name in orders, for example <c>Finalize:5</c>.</summary>
    public string Point => $"{Function}:{Ordinal}";

    public static Reached Parse(string line) =>
        line.Split('\t') is [var call, var function, var ordinal, var what]
            ? new Reached(call, function, int.Parse(ordinal, CultureInfo.InvariantCulture), what)
            : throw new FormatException($"'{line}' is not a fail point.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Call}\t{Function}\t{Ordinal}\t{What}");
}
