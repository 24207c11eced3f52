using FamilyPa.Core.Ingestion;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Operations;

public static class OperationsServices
{
    /// <summary>What operators see of messages, and how they run them again.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<Overview>()
        .AddSingleton<MessageTimeline>()
        .AddSingleton<EventSearch>()
        .AddSingleton<DeadLetters>()
        .AddSingleton<UnmatchedMessages>()
        .AddSingleton<Replay>()
        .AddSingleton<QueueDepths>();
}
