using System.CommandLine;
using FamilyPa.Bench;
using FamilyPa.Bench.Crashes;

var root = new RootCommand("Measures Family PA on this machine, and breaks it to see what it keeps.")
{
    WebhookBenchmark.Command(),
    TextToTaskBenchmark.Command(),
    CrashMatrix.Command(),
    FloorServer.Command(),
};
return await root.Parse(args).InvokeAsync();
