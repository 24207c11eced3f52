using FamilyPa.Tests.Probe;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A small app that is told by each message and request what to do: with it the tests see how a host treats functions.
if (Environment.GetEnvironmentVariable("PROBE_START") == "hang")
    Thread.Sleep(Timeout.Infinite);
if (Environment.GetEnvironmentVariable("PROBE_START") == "die")
    throw new InvalidOperationException("The probe was told to die.");

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton(new Calls(Environment.GetEnvironmentVariable("PROBE_CALLS")!));
await builder.Build().RunAsync();
