using System.CommandLine;
using FamilyPa.Bench;
using FamilyPa.Bench.Costs;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Evaluation;
using FamilyPa.Bench.Growth;
using FamilyPa.Bench.Peers;
using FamilyPa.Bench.Replays;
using FamilyPa.Bench.Storms;
using Spectre.Console;

// Redirected output has no width, and 80 columns are too narrow for the tables.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);

var root = new RootCommand("Benchmarks, crash runs and fault runs of Family PA on this machine.")
{
    WebhookBenchmark.Command(),
    TextToTaskBenchmark.Command(),
    ColdStartBenchmark.Command(),
    CostBenchmark.Command(),
    PeersBenchmark.Command(),
    GrowthBenchmark.Command(),
    ReplayBenchmark.Command(),
    EvaluationCommand.Command(),
    CrashMatrix.Command(),
    Storm.Command(),
    Outage.Command(),
    Downtime.Command(),
    BareEndpoint.Command(),
};
return await root.Parse(args).InvokeAsync();
