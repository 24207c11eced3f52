using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Hosting;

/// <summary>Puts settings in the place of <c>%Name%</c>.</summary>
internal static partial class SettingNames
{
    public static string Resolve(string text, IConfiguration configuration, string function) => Reference().Replace(text, match =>
        configuration[match.Groups[1].Value] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"Function '{function}': '{match.Value}' names a setting that does not exist."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
