using System.Diagnostics;
using System.Text.Json;
using FamilyPa.Local;
using FamilyPa.Local.Services;

namespace FamilyPa.Tests.Calendar;

/// <summary>A calendar as ical.js reads it, which did not write it.</summary>
internal sealed record ICalendar(string Version, string Name, string Refresh, string? Method, IReadOnlyList<string> Others, IReadOnlyList<ICalendarEvent> Events)
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<ICalendar> ReadAsync(string text)
    {
        await NodePackages.EnsureAsync(TestContext.Current.SendDiagnosticMessage, forTests: true);
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "FamilyPa.Tests", "Calendar", "ical.mjs"), Repository.LocalFolder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.StandardInput.WriteAsync(text);
        node.StandardInput.Close();
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<ICalendar>(await output, Snake)!;
    }
}

internal sealed record ICalendarEvent(
    string Uid, string Summary, string? Description, bool AllDay, string Start, string End, string Zone, string Status, string? Categories, int Sequence,
    DateTimeOffset Stamp, DateTimeOffset Modified, string? Alarm, IReadOnlyList<string> Occurrences);
