using System.CommandLine;
using FamilyPa.Bench;

var root = new RootCommand("Measures Family PA on this machine, against a floor or a goal in the same run.")
{
    WebhookBenchmark.Command(),
    TextToTaskBenchmark.Command(),
    FloorServer.Command(),
};
return await root.Parse(args).InvokeAsync();
