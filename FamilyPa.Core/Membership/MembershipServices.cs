using FamilyPa.Core.Tasks;
using FamilyPa.Core.Transcription;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Membership;

public static class MembershipServices
{
    /// <summary>What a family sees and does itself, each member as the database lets them; and members on an operator's behalf.</summary>
    public static IServiceCollection AddFamilyApi(this IServiceCollection services) => services
        .AddSingleton<FamilyTasks>()
        .AddSingleton<TaskList>()
        .AddSingleton<MemberFamily>()
        .AddSingleton<MemberManagement>()
        .AddSingleton<AdminMembers>()
        .AddSingleton<FamilyTranscripts>();
}
