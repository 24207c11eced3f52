using System.CommandLine;
using FamilyPa.Bench;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Replays;
using FamilyPa.Bench.Storms;
using Spectre.Console;

// Where the output goes to a file, tables must not be squeezed into 80 columns.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);

var root = new RootCommand("Measures Family PA on this machine, and breaks it to see what it keeps.")
{
    WebhookBenchmark.Command(),
    TextToTaskBenchmark.Command(),
    ReplayBenchmark.Command(),
    CrashMatrix.Command(),
    Storm.Command(),
    Outage.Command(),
    Downtime.Command(),
    BareEndpoint.Command(),
};
return await root.Parse(args).InvokeAsync();
