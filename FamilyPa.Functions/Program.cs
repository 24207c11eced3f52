using FamilyPa.Core;
using FamilyPa.Core.Canary;
using FamilyPa.Core.Chat;
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
using FamilyPa.Functions.Hosting;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using FamilyPa.Functions.Telemetry;
using FamilyPa.Functions.Webhooks;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);

// HTTP through ASP.NET Core; every answer carries its request id, every error is problem details
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<RequestLoggingMiddleware>();
builder.UseMiddleware<ExceptionHandlingMiddleware>();

// what leaves for Application Insights, and what leaves with a failed call: sanitised
builder.AddTelemetry();
builder.UseMiddleware<FailureSanitizingMiddleware>();

builder.Services
    // this process ends with its host
    .AddHostedService<HostConnectionWatch>()

    // settings, all checked before anything starts
    .AddSettings(builder.Configuration)

    // where everything is kept and handed on
    .AddDatabase()
    .AddQueues()

    // in: verified webhooks become stored messages
    .AddTwilioWebhooks()
    .AddIngestion()

    // through: each phase of a message, and what is done when one fails
    .AddMedia()
    .AddTranscription()
    .AddExtraction()
    .AddPipeline()
    .AddChat()
    .AddLimits()

    // out: what the sender is told, and what members are reminded of
    .AddReplies()
    .AddReminders()

    // for families: signing in by phone, their board's API
    .AddNotifications()
    .AddSignIn()
    .AddMemberAuthentication()
    .AddFamilyApi()

    // behind: what never arrived, what is too old, who is to be forgotten
    .AddReconciliation()

    // through it: a message of our own, to see whether messages come through
    .AddCanary()

    // beside it: what operators see, and how they run messages again
    .AddOperations();

await builder.Build().RunAsync();
