using System.Text.Json;
using FamilyPa.Local.Services;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>axe-core, injected by the browser itself, which the page's policy has no say in.</summary>
internal static class Axe
{
    public static Task<string> ScriptAsync() =>
        File.ReadAllTextAsync(Path.Combine(NodePackages.Folder, "axe-core", "axe.min.js"), TestContext.Current.CancellationToken);

    /// <summary>Nothing serious or critical may be found in what the page shows now.</summary>
    /// <param name="page">Opened with <see cref="ScriptAsync"/>.</param>
    public static async Task AuditAsync(IPage page, string view)
    {
        // Two frames: what was just shown has been laid out. Then it has stopped moving, too.
        var found = await page.EvaluateAsync<JsonElement>(
            """
            () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
              .then(() => Promise.allSettled(document.getAnimations().map(animation => animation.finished)))
              .then(() => axe.run(document, { resultTypes: ['violations'] }))
              .then(result => ({
                passes: result.passes.length,
                violations: result.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
                  .map(one => `${one.id}: ${one.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`),
              }))
            """);
        Assert.True(found.GetProperty("passes").GetInt32() > 10, $"{view}: hardly anything was audited.");
        var violations = found.GetProperty("violations");
        Assert.True(violations.GetArrayLength() == 0, $"{view}: {violations}");
    }
}
