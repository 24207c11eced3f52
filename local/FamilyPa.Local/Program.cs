using System.CommandLine;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Running;

var port = new Option<int>("--port") { Description = "The app's port; another one if it is in use.", DefaultValueFactory = _ => 7071 };
var fresh = new Option<bool>("--fresh") { Description = "Delete the data of earlier runs first." };
var demo = new Option<bool>("--demo") { Description = "Send a text and a voice note, show the results, and stop." };
var noBuild = new Option<bool>("--no-build") { Description = "Run the last build." };
var host = new Option<string>("--host") { Description = "func: use the Functions Core Tools. A folder: use the platform's own host in it." };

var command = new RootCommand("Runs Family PA on this machine: database, storage, simulated Twilio and Azure OpenAI, and the app. Needs .NET 10 and Node.js 20.")
{
    port, fresh, demo, noBuild, host,
};
command.SetAction(parsed =>
{
    if (parsed.GetValue(host) is { } named)
        Environment.SetEnvironmentVariable(PlatformHost.Variable, named);
    return LocalRunner.RunAsync(new RunOptions(parsed.GetValue(port), parsed.GetValue(fresh), parsed.GetValue(demo), parsed.GetValue(noBuild)));
});

// Disable the timeout after Ctrl+C: stopping the services in order may take longer.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
