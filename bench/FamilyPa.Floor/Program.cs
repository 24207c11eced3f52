using FamilyPa.Floor;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// As in the app: ASP.NET Core would log several lines per request.
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(await MinimalWebhook.CreateAsync(
    builder.Configuration["POSTGRES_CONNECTION_STRING"]!, builder.Configuration["AzureWebJobsStorage"]!));
await builder.Build().RunAsync();
