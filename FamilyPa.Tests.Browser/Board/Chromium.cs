using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>The browser that this machine has. None is ever downloaded.</summary>
internal static class Chromium
{
    /// <summary>The best first: the one without windows does the same at half the cost.</summary>
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "google-chrome", "chromium-browser", "google-chrome-stable"];

    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, name)))
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
