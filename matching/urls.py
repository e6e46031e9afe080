from django.urls import path

from . import views
from .corrections import views as corrections
from .costs import views as costs
from .gaps import views as gaps
from .needs import views as needs
from .referrals import views as referrals
from .weights import views as weights

app_name = "matching"
urlpatterns = [
    path("needs/new/", needs.need_new, name="need_new"),
    path("needs/<int:pk>/", needs.need, name="need"),
    path("needs/<int:pk>/edit/", needs.need_edit, name="need_edit"),
    path("needs/<int:pk>/answer/", needs.need_answer, name="need_answer"),
    path("needs/<int:pk>/advisor/", needs.need_advisor, name="need_advisor"),
    path("needs/<int:pk>/take/", needs.need_take, name="need_take"),
    path("needs/<int:pk>/close/", needs.need_close, name="need_close"),
    path("needs/<int:pk>/tell/", needs.need_tell, name="need_tell"),
    path("needs/<int:pk>/refer/", referrals.refer, name="refer"),
    path("me/needs/", needs.my_needs, name="my_needs"),
    path("me/referrals/", referrals.my_referrals, name="my_referrals"),
    path("me/referrals/<int:pk>/", referrals.referral, name="referral"),
    path("me/referrals/<int:pk>/withdraw/", referrals.withdraw, name="referral_withdraw"),
    path("me/referrals/<int:pk>/rate/", referrals.rate, name="referral_rate"),
    path("desk/referrals/", referrals.desk_referrals, name="desk_referrals"),
    path("desk/referrals/<int:pk>/", referrals.desk_referral, name="desk_referral"),
    path("desk/referrals/<int:pk>/<slug:step>/", referrals.desk_step, name="desk_step"),
    path("desk/gaps/", gaps.gaps, name="gaps"),
    path("desk/gaps/export/", gaps.gaps_export, name="gaps_export"),
    path("desk/gaps/needs/", gaps.gaps_needs, name="gaps_needs"),
    path("desk/gaps/run/", gaps.gaps_run, name="gaps_run"),
    path("desk/gaps/progress/", gaps.gaps_progress, name="gaps_progress"),
    path("desk/overdue/", referrals.overdue, name="overdue"),
    path("desk/weights/", weights.weights, name="weights"),
    path("desk/weights/preview/<int:pk>/", weights.preview, name="weights_preview"),
    path("desk/weights/preview/<int:pk>/progress/", weights.preview_progress, name="weights_progress"),
    path("desk/weights/<int:number>/restore/", weights.take_back, name="weights_take_back"),
    path("desk/corrections/", corrections.corrections, name="corrections"),
    path("desk/corrections/<int:pk>/<slug:step>/", corrections.step, name="correction_step"),
    path("cost/", costs.index, name="costs"),
    path("cost/<slug:slug>/", costs.calculator, name="cost"),
    path("help/matching/", views.how, name="how"),
]
