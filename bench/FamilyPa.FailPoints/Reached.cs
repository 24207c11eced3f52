using System.Globalization;

namespace FamilyPa.FailPoints;

/// <summary>A fail point that a call of a function came to.</summary>
/// <param name="Call">Tells this call from the others of its function.</param>
/// <param name="Ordinal">Counts the points of this call from 1.</param>
/// <param name="What">What comes next or was just done.</param>
public sealed record Reached(string Call, string Function, int Ordinal, string What)
{
    /// <summary>As it is named to be killed at, such as <c>Finalize:5</c>.</summary>
    public string Point => $"{Function}:{Ordinal}";

    public static Reached Parse(string line) =>
        line.Split('\t') is [var call, var function, var ordinal, var what]
            ? new Reached(call, function, int.Parse(ordinal, CultureInfo.InvariantCulture), what)
            : throw new FormatException($"'{line}' is not a fail point.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Call}\t{Function}\t{Ordinal}\t{What}");
}
