using FamilyPa.Core.Tasks;
using FamilyPa.Core.Transcription;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Families;

public static class FamilyServices
{
    /// <summary>What a family sees and does itself, each member as the database lets them; and members on an operator's behalf.</summary>
    public static IServiceCollection AddFamilyApi(this IServiceCollection services) => services
        .AddSingleton<FamilyTasks>()
        .AddSingleton<TaskList>()
        .AddSingleton<OwnFamily>()
        .AddSingleton<FamilyMembers>()
        .AddSingleton<MemberDirectory>()
        .AddSingleton<FamilyTranscripts>();
}
