using FamilyPa.Core.Translation;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Pipeline;

public static class PipelineServices
{
    public static IServiceCollection AddPipeline(this IServiceCollection services) => services
        .AddSingleton<JobStore>()
        .AddSingleton<MediaFiles>()
        .AddSingleton<PhaseRunner>()
        .AddSingleton<PhaseAttempts>()
        .AddSingleton<IPhase, DownloadPhase>()
        .AddSingleton<IPhase, TranscribePhase>()
        .AddSingleton<IPhase, ExtractPhase>()
        .AddSingleton<ReplyTranslator>()
        .AddSingleton<IPhase, FinalizePhase>()
        .AddSingleton<PoisonHandler>()
        .AddSingleton<Sweeper>();
}
