//! The sentences in which a run says what has to be known.

use crate::{Transmitter, Warning, WarningCode};

/// The order in which a run tells its warnings, each once, whatever the order of its work.
pub fn in_order(warnings: &mut Vec<Warning>) {
    warnings.sort_by(|a, b| (a.code, &a.subject).cmp(&(b.code, &b.subject)));
    warnings.dedup();
}

pub fn frequency_outside(transmitter: &Transmitter) -> Warning {
    Warning {
        code: WarningCode::FrequencyOutsideModel,
        subject: Some(transmitter.cell_code.clone()),
        message_vi: format!(
            "Cell {} có tần số {} MHz, ngoài phạm vi 30–6000 MHz của mô hình: không tính",
            transmitter.cell_code, transmitter.frequency_mhz
        ),
        message_en: format!(
            "cell {} transmits on {} MHz, outside the model's 30–6000 MHz: not computed",
            transmitter.cell_code, transmitter.frequency_mhz
        ),
    }
}

pub fn outside_raster(site_code: &str) -> Warning {
    Warning {
        code: WarningCode::SiteOutsideRaster,
        subject: Some(site_code.to_owned()),
        message_vi: format!("Trạm {site_code} ở quá xa vùng tính"),
        message_en: format!("site {site_code} is too far from the computed area to reach it"),
    }
}

pub fn no_terrain(site_code: &str) -> Warning {
    Warning {
        code: WarningCode::SiteWithoutTerrain,
        subject: Some(site_code.to_owned()),
        message_vi: format!("Trạm {site_code} không có dữ liệu độ cao: coi mặt đất là mực nước biển"),
        message_en: format!("there is no elevation under site {site_code}: the ground was taken as sea level"),
    }
}

pub fn incomplete_terrain(site_code: &str) -> Warning {
    Warning {
        code: WarningCode::TerrainIncomplete,
        subject: Some(site_code.to_owned()),
        message_vi: format!("Một phần quanh trạm {site_code} không có độ cao: coi là mực nước biển"),
        message_en: format!("part of the ground around site {site_code} has no elevation: taken as sea level"),
    }
}
