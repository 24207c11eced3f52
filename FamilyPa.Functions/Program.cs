using FamilyPa.Core;
using FamilyPa.Core.Calendar;
using FamilyPa.Core.Canary;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Media;
using FamilyPa.Core.Membership;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Reconciliation;
using FamilyPa.Core.Reminders;
using FamilyPa.Core.Replies;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Transcription;
using FamilyPa.Core.Transfer;
using FamilyPa.Functions.Admin;
using FamilyPa.Functions.Health;
using FamilyPa.Functions.Hosting;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using FamilyPa.Functions.Telemetry;
using FamilyPa.Functions.Webhooks;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);

// HTTP through ASP.NET Core, sanitised telemetry and exceptions. Every response has a request id, every error is problem details.
builder.ConfigureFunctionsWebApplication();
builder.AddTelemetry();
builder.UseMiddleware<RequestLoggingMiddleware>();
builder.UseMiddleware<ExceptionHandlingMiddleware>();
builder.UseMiddleware<OperatorMiddleware>();
builder.UseMiddleware<FailureSanitizingMiddleware>();

builder.Services
    // Ends this process when the Functions host dies
    .AddHostedService<HostConnectionWatch>()

    // Callers' addresses and the health check
    .AddSingleton<CallerAddress>()
    .AddSingleton<Readiness>()

    // Validated settings
    .AddSettings(builder.Configuration)

    // Storage
    .AddDatabase()
    .AddQueues()

    // Ingestion: verified webhooks become stored messages
    .AddTwilioWebhooks()
    .AddIngestion()

    // Pipeline: the phases, retries and limits
    .AddMedia()
    .AddTranscription()
    .AddExtraction()
    .AddPipeline()
    .AddChat()
    .AddLimits()

    // Replies and reminders
    .AddReplies()
    .AddReminders()

    // Members: sign-in, notifications and the board's API
    .AddNotifications()
    .AddSignIn()
    .AddMemberAuthentication()
    .AddFamilyApi()
    .AddCalendarFeeds()
    .AddTransfer()

    // Maintenance: reconciliation, retention and erasure
    .AddReconciliation()

    // Synthetic end-to-end test
    .AddCanary()

    // Operators: search, timeline and replay
    .AddOperations()
    .AddOperatorApi();

var app = builder.Build();
var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("FamilyPa");
app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => log.AppStarted(AppVersion.Current));
await app.RunAsync();
