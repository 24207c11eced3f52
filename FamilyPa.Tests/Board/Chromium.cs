using Microsoft.Playwright;

namespace FamilyPa.Tests.Board;

/// <summary>The browser that this machine has. None is ever downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "google-chrome", "chromium-browser", "google-chrome-stable"];

    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Path,
        Args =
        [
            // Of no use where tests run as root, as in containers.
            "--no-sandbox",
            "--disable-gpu",
            // Processes for each window that no test comes to need: one in reserve, and two pages behind an address bar that nobody sees.
            "--disable-features=SpareRendererForSitePerProcess,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
                // What it would look up elsewhere by itself.
                + ",Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,GlobalMediaControls",
            "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        ],
    });
}
