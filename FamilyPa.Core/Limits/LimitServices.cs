using FamilyPa.Core.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Limits;

public static class LimitServices
{
    /// <summary>What may run now and what it may cost, over all instances.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services) => services
        .AddSingleton<JobLimits>()
        .AddSingleton<DeferredJobDispatcher>()
        .AddSingleton<BudgetReservations>()
        .AddSingleton<LimitNotifications>()
        .AddSingleton<LimitMaintenance>()
        .AddSingleton<LimitsOverview>()
        .AddSingleton<AdminBudgets>();
}
