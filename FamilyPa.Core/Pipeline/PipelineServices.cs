using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Pipeline;

public static class PipelineServices
{
    public static IServiceCollection AddPipeline(this IServiceCollection services) => services
        .AddSingleton<JobStore>()
        .AddSingleton<MediaFiles>()
        .AddSingleton<PhaseRunner>()
        .AddSingleton<PhaseAttempts>()
        .AddSingleton<DownloadPhase>()
        .AddSingleton<TranscribePhase>()
        .AddSingleton<ExtractPhase>()
        .AddSingleton<FinalizePhase>()
        .AddSingleton<PoisonHandler>()
        .AddSingleton<Sweeper>();
}
