using FamilyPa.Tests.Probe;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A small app that is told by each message and request what to do: with it the tests see how a host treats functions.
var file = Environment.GetEnvironmentVariable("PROBE_CALLS")!;
// What each start does, the last one again and again.
var plan = (Environment.GetEnvironmentVariable("PROBE_START") ?? "").Split(',');
var starts = new Calls($"{file}.starts");
starts.Add("start");
switch (plan[Math.Min(starts.Count("start"), plan.Length) - 1])
{
    case "hang":
        Thread.Sleep(Timeout.Infinite);
        break;
    case "die":
        throw new InvalidOperationException("The probe was told to die.");
    case "lose-port":
        Console.WriteLine("Failed to bind to address http://127.0.0.1:1: address already in use.");
        return;
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton(new Calls(file));
await builder.Build().RunAsync();
