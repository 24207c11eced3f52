using FamilyPa.Core.Tasks;
using FamilyPa.Core.Transcription;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Membership;

public static class MembershipServices
{
    /// <summary>Registers the family API and the operators' member management.</summary>
    public static IServiceCollection AddFamilyApi(this IServiceCollection services) => services
        .AddSingleton<FamilyTasks>()
        .AddSingleton<FamilyLists>()
        .AddSingleton<SeriesDates>()
        .AddSingleton<TaskList>()
        .AddSingleton<MemberFamily>()
        .AddSingleton<MemberManagement>()
        .AddSingleton<InvitationCountries>()
        .AddSingleton<AdminMembers>()
        .AddSingleton<FamilyTranscripts>();
}
