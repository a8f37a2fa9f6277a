"""The $functions that have a meaning on the mainframe only.

They compile with a warning, take any arguments and return their failure value. The values follow the kinds of the
functions: statistics null, $lists -6, TSO and Fast/Unload -1, counts and positions 0, record numbers -1, names null.
Source: m204wiki, SOUL $functions; the values are our choice.
"""

from __future__ import annotations

from soul.runtime.functions.registry import Family
from soul.runtime.values import Value

FAMILY = Family("mainframe")

_BAD_LIST, _FAILED, _NO_RECORD, _ZERO = -6.0, -1.0, -1.0, 0.0

# failure value, what it stands for, the functions
_TABLE: tuple[tuple[Value, str, str], ...] = (
    (
        "",
        "null: a text that does not exist here",
        "$ChkpInf $Code $Decode $Dscr $Dsn $EcbDGet $EdScan $FIniTim $FiStat $FlsAcc $Float $FloatD "
        "$GrmLoc $GrmName $HPage $Jobcode $LangSpc $LangSrt $LangUst $Lstr_Get_Userbuffer $MisGrup $MisLoc $MisName "
        "$MisStmt $Remote $RlcFile $RlcUid $SirSite $SsStat $Stat $StatD $TableC $TermId $TkStat "
        "$TSOId $Unfloat $Update $UpdLoc $UsStat",
    ),
    (
        _BAD_LIST,
        "-6: no $list",
        "$BgQuery $CfStatL $Field_ListI $FiStatL $FunList $ListImg_Copy $ListNewAI $ListOvlI $ListRepI $SirJGet "
        "$SsStatL $StatLD $TkStatL $UsStatL",
    ),
    (
        _FAILED,
        "-1: not done",
        "$BgPurge $Bump $EcbDSet $EcbTest $Enter $FakeEnt $Field_Image $FreeOpt $FunForc $FunImg $FunLoad $FunPurg "
        "$FunSkip $FunsStr $FunWait $IncStat $LstFld $Lstr_Add_UserBuffer $Lstr_Set_UserBuffer $Post $Priorty "
        "$Screen_Attr $Screen_Clear $Screen_Mod $ScrHide $ScrSize $ScrWide $SetStat $SirWarn $Slstats "
        "$TsoAtt $TsoCall $TsoCan $TsoCmd $TsoExec $TsoExit $TSOStat $TSOWait $UnPost $UseASA $Wait",
    ),
    (_NO_RECORD, "-1: no record", "$CurrecId $RlcRec $RlcUsr"),
    (
        _ZERO,
        "0: none",
        "$Buffer_Position $Buffer_Size $Buffer_Used $CenqCt $ChkMod $ChkTag $Cms $DsnNum $EcfStat $FlsChk $GetL $GetP "
        "$GrnLeft $GrnMiss $ItsRemote $JobAuth $MisNum $SetL $SetP",
    ),
)


def _register(name: str, value: Value, meaning: str) -> None:
    def text(*arguments: Value | None) -> str:
        return str(value)

    def number(*arguments: Value | None) -> float:
        return float(value)

    function = text if isinstance(value, str) else number
    function.__doc__ = f"""Not available off the mainframe.

    Arguments: any.
    Result: {meaning}.
    Page: m204wiki, SOUL $functions
    """
    FAMILY.function(name, page="SOUL $functions", available=False)(function)


for _value, _meaning, _names in _TABLE:
    for _name in _names.split():
        _register(_name, _value, _meaning)
