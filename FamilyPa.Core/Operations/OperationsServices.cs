using FamilyPa.Core.Ingestion;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Operations;

public static class OperationsServices
{
    /// <summary>Registers search, timeline, overview and replay for operators.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<Overview>()
        .AddSingleton<MessageTimeline>()
        .AddSingleton<EventSearch>()
        .AddSingleton<DeadLetters>()
        .AddSingleton<UnmatchedMessages>()
        .AddSingleton<Replay>()
        .AddSingleton<QueueDepths>();
}
